"""What all pages share. No room's knowledge is in here."""
