"""What the appliance changes in a vendor's objects, and its account of it: six rules, pure, one file each."""
