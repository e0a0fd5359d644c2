package io.anyserve.worker.hub;

import java.net.URI;
import java.util.Map;
import java.util.Optional;

/**
 * Which hub, and as whom: the variables that Hugging Face's own tools read.
 *
 * @param endpoint {@code HF_ENDPOINT}
 * @param token {@code HF_TOKEN}; sent to the endpoint alone
 */
public record HubSettings(URI endpoint, Optional<String> token) {

  private static final String ENDPOINT = "HF_ENDPOINT";
  private static final String DEFAULT_ENDPOINT = "https://huggingface.co";

  /**
   * From the environment.
   *
   * @throws HubException when the endpoint is not an address
   */
  public static HubSettings of(Map<String, String> environment) {
    String endpoint = value(environment, ENDPOINT).orElse(DEFAULT_ENDPOINT);
    return new HubSettings(address(endpoint), value(environment, "HF_TOKEN"));
  }

  private static Optional<String> value(Map<String, String> environment, String name) {
    return Optional.ofNullable(environment.get(name)).map(String::strip).filter(v -> !v.isEmpty());
  }

  private static URI address(String endpoint) {
    try {
      URI address = URI.create(endpoint.replaceAll("/+$", ""));
      boolean http = "http".equals(address.getScheme()) || "https".equals(address.getScheme());
      if (http && address.getHost() != null && address.getQuery() == null) {
        return address;
      }
    } catch (IllegalArgumentException e) {
      throw new HubException(wrong(endpoint), e);
    }
    throw new HubException(wrong(endpoint));
  }

  private static String wrong(String endpoint) {
    return ENDPOINT + ": " + endpoint + " (expected: an address such as " + DEFAULT_ENDPOINT + ")";
  }

  /** Without the token. */
  @Override
  public String toString() {
    return endpoint.toString();
  }
}
