package io.anyserve.ingress.page;

import io.anyserve.contracts.validation.Preconditions;
import io.anyserve.runtime.ConfigSection;
import java.net.URI;
import java.util.Optional;

/**
 * What the chat page is told.
 *
 * @param usage the usage page as browsers reach it; the page links to it
 */
public record PageConfig(Optional<URI> usage) {

  public static final PageConfig DEFAULT = new PageConfig(Optional.empty());

  public PageConfig {
    usage.ifPresent(
        address ->
            Preconditions.that(isWeb(address), "usage-url", address, "an http or https address"));
  }

  private static boolean isWeb(URI address) {
    return ("http".equals(address.getScheme()) || "https".equals(address.getScheme()))
        && address.getHost() != null;
  }

  /** Mistakes become problems of the section. */
  public static PageConfig read(ConfigSection section) {
    Optional<String> usage =
        section.optional(
            "usage-url",
            "none",
            "Address of the usage page, to which the chat page links; `up` sets it.");
    return section.build(() -> new PageConfig(usage.map(URI::create)), DEFAULT);
  }
}
