"""Real hosts on one Linux machine and the offline tool chain; production needs nothing of it."""
