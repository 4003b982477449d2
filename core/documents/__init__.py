"""Everything on paper: fonts, codes, photos, and one module for each kind of document."""
