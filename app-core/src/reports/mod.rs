//! Papers and tables that leave the app: workbooks now, DOCX and PDF later. For desktop and server; phones have no screen
//! for it.
//!
//! Pure: gets titles, columns and rows of words that are ready to show, gives bytes. Knows no household file, no database, no
//! policy, and decides nothing about who may see what: that is the caller's. Start with [`table`].

pub mod table;
