//! Threat Stack.
