"""What each export target can take: data with sources, and a call on its way to a target."""
