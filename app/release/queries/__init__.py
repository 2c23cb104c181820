"""SQL about releases and exports."""
