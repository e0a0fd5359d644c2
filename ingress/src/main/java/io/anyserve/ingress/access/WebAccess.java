package io.anyserve.ingress.access;

import io.anyserve.runtime.ConfigSection;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * By which names browsers may call, and from which pages.
 *
 * @param hosts names of this server beside its own
 * @param origins of pages on other hosts, such as {@code https://chat.example}
 */
public record WebAccess(AllowedHosts hosts, AllowedOrigins origins) {

  /** Of a server that nobody else may use from a browser. */
  public static WebAccess local(String listenHost) {
    return new WebAccess(AllowedHosts.of(listenHost, Set.of()), new AllowedOrigins(Set.of()));
  }

  /**
   * Mistakes become problems of the section.
   *
   * @param listenHost where the server listens
   */
  public static WebAccess read(ConfigSection section, String listenHost) {
    Set<String> hosts =
        names(
            section.text(
                "allowed-hosts",
                "",
                "Names of this server for the HTTP API beside loopback and addresses, separated by commas;"
                    + " empty: every name where `api-http-host` is not loopback."));
    Set<String> origins =
        names(
            section.text(
                "cors-origins",
                "",
                "Origins of pages on other hosts that may use the HTTP API, separated by commas:"
                    + " `https://chat.example`."));
    return section.build(
        () -> new WebAccess(AllowedHosts.of(listenHost, hosts), new AllowedOrigins(origins)),
        local(listenHost));
  }

  private static Set<String> names(String text) {
    return Stream.of(text.split(","))
        .map(String::strip)
        .filter(one -> !one.isEmpty())
        .collect(Collectors.toUnmodifiableSet());
  }
}
