package io.anyserve.ingress.access;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The names by which callers may name this server. A page of another site can have its own name
 * lead to this machine (DNS rebinding) and would then count as a page of this server; it cannot
 * have the server called by another name than its own. Addresses name nobody else's site and always
 * pass.
 *
 * @param names beside those of loopback
 * @param checked otherwise every name passes
 */
public record AllowedHosts(Set<String> names, boolean checked) {

  private static final Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9._-]{0,251}[a-z0-9])?");
  private static final Pattern IPV6 = Pattern.compile("\\[?[0-9a-f:.]*:[0-9a-f:.]*(%[a-z0-9]+)?]?");
  private static final Pattern IPV4 = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}");
  private static final String LOCALHOST = "localhost";

  public AllowedHosts {
    names = names.stream().map(AllowedHosts::name).collect(Collectors.toUnmodifiableSet());
  }

  /**
   * Where the server listens on other addresses than loopback and no name is given, every name
   * passes.
   *
   * @param listenHost where the server listens
   */
  public static AllowedHosts of(String listenHost, Set<String> names) {
    return new AllowedHosts(names, !names.isEmpty() || isLoopback(listenHost));
  }

  private static String name(String given) {
    String name = given.toLowerCase(Locale.ROOT);
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "allowed-hosts: " + given + " (expected: names without port, such as chat.example)");
    }
    return name;
  }

  private static boolean isLoopback(String host) {
    try {
      return InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }

  /**
   * Whether the server answers to that name.
   *
   * @param host as the caller names the server, without port
   */
  public boolean allows(String host) {
    String name = host.toLowerCase(Locale.ROOT);
    return !checked
        || name.equals(LOCALHOST)
        || name.endsWith("." + LOCALHOST)
        || isAddress(name)
        || names.contains(name);
  }

  private static boolean isAddress(String host) {
    return IPV6.matcher(host).matches() || IPV4.matcher(host).matches();
  }
}
