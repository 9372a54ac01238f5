"""The pod network: one provider by configuration."""
