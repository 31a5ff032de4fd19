"""What the status was worth: benefits as they were measured, each with its source and the rows behind it."""
