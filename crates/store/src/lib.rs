//! The one seam to durable state: rows, blobs, wake-ups.
