//! Every TL type cameo speaks and its bytes, in every API layer.
