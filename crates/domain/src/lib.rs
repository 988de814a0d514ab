//! The rules of accounts, contacts, pictures, messages and updates.
