//! cameo, a Telegram API server that does profile pictures completely.
