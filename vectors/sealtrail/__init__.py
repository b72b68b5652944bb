"""An independent implementation of the Sealtrail format (SPEC.md), standard library only."""
