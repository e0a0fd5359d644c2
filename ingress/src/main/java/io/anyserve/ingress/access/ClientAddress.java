package io.anyserve.ingress.access;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * Where a call comes from.
 *
 * @param text the address of the peer, without its port
 * @param network what one client has for itself: an IPv4 address, or 64 bits of an IPv6 address
 */
public record ClientAddress(String text, String network) {

  /** Of calls that come over no network. */
  public static final ClientAddress UNKNOWN = new ClientAddress("unknown", "unknown");

  private static final int NETWORK_BYTES = 8;

  public static ClientAddress of(@Nullable SocketAddress peer) {
    return peer instanceof InetSocketAddress internet && !internet.isUnresolved()
        ? of(internet.getAddress())
        : UNKNOWN;
  }

  /** The zone of a link-local address is none of the client's business. */
  public static ClientAddress of(InetAddress address) {
    String text = address.getHostAddress().split("%", 2)[0];
    return new ClientAddress(
        text, address instanceof Inet6Address six ? network(six.getAddress()) : text);
  }

  private static String network(byte[] address) {
    return HexFormat.of().formatHex(Arrays.copyOf(address, NETWORK_BYTES)) + "/64";
  }
}
