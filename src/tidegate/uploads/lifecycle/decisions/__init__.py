"""What a person decides afterwards: to undo an upload, settle its requests, close a year, or report nothing."""
