"""The airgap bundle: what it holds, how it is built, locked, verified and pushed to a registry."""
