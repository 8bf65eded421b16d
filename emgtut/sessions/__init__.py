"""What is on disk: reading, writing, making and fetching recording sessions."""
