"""The software bill of materials of a bundle: read from the bundle's own bytes, written as CycloneDX."""
