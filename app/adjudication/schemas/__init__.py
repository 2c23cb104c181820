"""What the API and the pages of adjudication take and give."""
