"""What the review API takes and gives, as JSON. Sentences about the rules are the workflow's."""
