"""HTTP: accounts, history, the descriptions of everything, and the files of the browser client."""
