"""What only an account of AWS can say, asked before anything is made there."""
