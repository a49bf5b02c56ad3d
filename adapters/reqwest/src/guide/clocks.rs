//! Know what happens when clocks are wrong or machines sleep.
//!
//! The lifetime of a token is measured on a clock that never goes backwards. On Linux, Android, Apple's systems and Windows
//! that clock counts while the machine sleeps. On other systems a token may expire during sleep unnoticed, which costs one
//! 401. Assertions are dated by the wall clock. Where the wall clock is wrong, the server's `Date` corrects it.
//!
//! | situation | what happens | what is logged |
//! |---|---|---|
//! | the machine sleeps and wakes | [`Redox::token_after`](crate::Redox::token_after), [`pause`](crate::pause()) and the pauses between repetitions look at the clock within a second; a request that was under way keeps its timeout, which counts the time awake | nothing |
//! | a machine is restored from a snapshot, and its wall clock is set right | [`Redox::time_left`](crate::Redox::time_left) shrinks by what the wall clock gained; [`Redox::token_after`](crate::Redox::token_after) replaces a token of which nothing is left; a request to the API gets a 401 and is sent once more with a new token | a warning that the token is replaced |
//! | the wall clock is set forward by an hour | the same | the same |
//! | the wall clock is set back by an hour | nothing: tokens are measured on the other clock | nothing |
//! | the wall clock is some seconds ahead, and the server refuses the assertion | the next attempt, at once, uses the server's time | a warning with the difference, and `redox_auth_clock_skew_seconds` |
