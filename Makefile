lock:
	uv pip compile pyproject.toml --extra agent --generate-hashes --no-header --universal --no-emit-find-links --no-emit-index-url -q -o requirements/agent.txt
	uv pip compile pyproject.toml --extra collector --extra agent --generate-hashes --no-header --universal --no-emit-find-links --no-emit-index-url -q -o requirements/run.txt
	uv pip compile pyproject.toml --extra collector --extra agent --extra survey --group dev --generate-hashes --no-header --universal --no-emit-find-links --no-emit-index-url -q -o requirements/dev.txt
