"""What a cloud adds to a cluster whose machines are in it."""
