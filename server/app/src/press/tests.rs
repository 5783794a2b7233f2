//! The press centre on the real router and a real database: what is shown, and above all what is not.
