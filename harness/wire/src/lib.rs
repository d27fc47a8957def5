//! The only door to the network: authority, permits, deadlines, pace and transcripts.
