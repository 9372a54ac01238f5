"""The operator's side of snapshots: asking for one, listing them, bringing one back."""
