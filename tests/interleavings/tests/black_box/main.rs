//! A client, its threads in many orders.

#[cfg(test)]
mod flight;
