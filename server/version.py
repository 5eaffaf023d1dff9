"""The version of Croupier. Nothing else in the repository states it; the build reads it from here."""

VERSION = "0.2.0"
