# syntax=docker/dockerfile:1
# The gate as a container image. Its bundles are those of the repository, which
# CI compares with what the sources give: nothing is built or downloaded here.
#
# The base images are named by tags that receive security fixes. "npm run release"
# writes the digest behind each tag (IMAGE:TAG@sha256:…); Dependabot keeps it current.
#
#   docker run --rm --read-only --user "$(id -u):$(id -g)" -v "$HOME/.talos/config:/talosconfig:ro" IMAGE --talosconfig /talosconfig

# With a shell (busybox), for runners that run a script in the image, such as GitLab's.
FROM gcr.io/distroless/nodejs24-debian13:debug-nonroot AS shell
LABEL org.opencontainers.image.title="talos-health" \
      org.opencontainers.image.description="A health gate for Talos Linux clusters, with a shell" \
      org.opencontainers.image.source="https://github.com/talos-health/talos-health" \
      org.opencontainers.image.licenses="MIT"
COPY LICENSE dist /talos-health/
COPY --chmod=0755 container/talos-health /usr/local/bin/talos-health
USER 65532:65532
ENTRYPOINT ["/nodejs/bin/node", "/talos-health/cli.cjs"]

# What is built by default: no shell, no package manager, no root; it runs with a read-only file system.
FROM gcr.io/distroless/nodejs24-debian13:nonroot AS gate
LABEL org.opencontainers.image.title="talos-health" \
      org.opencontainers.image.description="A health gate for Talos Linux clusters" \
      org.opencontainers.image.source="https://github.com/talos-health/talos-health" \
      org.opencontainers.image.licenses="MIT"
COPY LICENSE dist /talos-health/
USER 65532:65532
ENTRYPOINT ["/nodejs/bin/node", "/talos-health/cli.cjs"]
