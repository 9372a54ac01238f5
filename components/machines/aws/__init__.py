"""Machines in EC2. Imported only when a stack has such machines: the AWS package costs every import a second."""
