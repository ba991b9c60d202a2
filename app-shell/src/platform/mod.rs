//! What differs by platform: where data lives. Camera, position and the platform's key store join here.

pub mod paths;
