package io.anyserve.worker.link;

import io.anyserve.contracts.validation.Preconditions;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where routers serve gRPC.
 *
 * @param host a name or an address; a name with several addresses stands for all of them
 */
public record RouterAddress(String host, int port) {

  private static final Pattern FORM = Pattern.compile("([^:,\\s]+):([0-9]{1,5})");

  public RouterAddress {
    Preconditions.that(!host.isBlank(), "host", host, "a name or an address");
    Preconditions.that(port >= 1 && port <= 65_535, "port", port, "1 to 65535");
  }

  /** Throws an IllegalArgumentException naming the one that is no address. */
  public static List<RouterAddress> parseAll(String text) {
    return Arrays.stream(text.split(",", -1))
        .map(String::strip)
        .filter(address -> !address.isEmpty())
        .map(RouterAddress::parse)
        .toList();
  }

  private static RouterAddress parse(String text) {
    Matcher matcher = FORM.matcher(text);
    Preconditions.that(matcher.matches(), "router", text, "host:port");
    return new RouterAddress(matcher.group(1), Integer.parseInt(matcher.group(2)));
  }

  @Override
  public String toString() {
    return host + ":" + port;
  }
}
