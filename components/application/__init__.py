"""The vendor's application: what a release and a license make of a namespace."""
