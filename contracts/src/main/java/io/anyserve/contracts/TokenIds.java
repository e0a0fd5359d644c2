package io.anyserve.contracts;

import io.anyserve.contracts.validation.Preconditions;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** An immutable sequence of token ids, each at least 0. */
public final class TokenIds {

  public static final TokenIds NONE = new TokenIds(new int[0]);

  private final int[] ids;

  private TokenIds(int[] ids) {
    this.ids = ids;
  }

  public static TokenIds of(int... ids) {
    for (int id : ids) {
      Preconditions.that(id >= 0, "token id", id, ">= 0");
    }
    return ids.length == 0 ? NONE : new TokenIds(ids.clone());
  }

  public int size() {
    return ids.length;
  }

  public int get(int index) {
    return ids[index];
  }

  public IntStream stream() {
    return Arrays.stream(ids);
  }

  public int[] toArray() {
    return ids.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TokenIds that && Arrays.equals(ids, that.ids);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(ids);
  }

  @Override
  public String toString() {
    return stream().mapToObj(Integer::toString).collect(Collectors.joining(",", "[", "]"));
  }
}
