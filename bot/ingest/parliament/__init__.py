"""What is said in the Tweede Kamer and at press conferences, per speaking turn. Pure: bytes and text in, values out."""
