"""All that is known of one sitting, laid out once for whatever judges it."""
