"""What is due to which chat, and the sender that empties the outbox."""
