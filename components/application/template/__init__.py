"""Go templates as vendors' releases use them: read, evaluated, and every output line traced to its source line."""
