"""The operations of the contract, a package for each tag."""
