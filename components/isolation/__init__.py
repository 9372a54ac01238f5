"""What keeps the pods of one namespace from disturbing those of another."""
