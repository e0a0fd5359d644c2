package io.anyserve.worker.torch.vision;

import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;

/**
 * The images of one prompt: which of its positions they have, and the vectors there. Tiles are made
 * elsewhere meanwhile; vectors are computed when a part of the prompt is read that has them. Owned
 * by the engine thread.
 */
public final class PromptImages {

  private static final float[] NOTHING = {};

  private final VisionTower tower;
  private final int vectorsOfTile;
  private final int imageToken;

  /** In the order of the prompt. */
  private final int[] positions;

  /** Of each image. */
  private List<Future<List<byte[]>>> tiles;

  /** Tiles of each image. */
  private final int[] counts;

  /** The last tile that was computed. */
  private int computed = -1;

  private float[] vectors = NOTHING;

  PromptImages(
      VisionTower tower,
      int vectorsOfTile,
      int imageToken,
      int[] positions,
      List<Future<List<byte[]>>> tiles,
      int[] counts) {
    this.tower = tower;
    this.vectorsOfTile = vectorsOfTile;
    this.imageToken = imageToken;
    this.positions = positions;
    this.tiles = tiles;
    this.counts = counts;
  }

  /** The token at all of its positions. */
  public int imageToken() {
    return imageToken;
  }

  /** Whether nothing has to be waited for. */
  public boolean ready() {
    return tiles.stream().allMatch(Future::isDone);
  }

  /**
   * The vectors of the positions that images have, from one position up to another, one behind the
   * other.
   *
   * @throws FailureException where an image is damaged
   */
  public float[] vectors(int from, int to) {
    int first = index(from);
    int end = index(to);
    int width = tower.width();
    float[] found = new float[(end - first) * width];
    for (int i = first; i < end; i++) {
      float[] tile = tile(i / vectorsOfTile);
      System.arraycopy(tile, (i % vectorsOfTile) * width, found, (i - first) * width, width);
    }
    return found;
  }

  /** The prompt is read: nobody asks for vectors again. */
  public void release() {
    tiles = List.of();
    vectors = NOTHING;
    computed = -1;
  }

  /** Of the first of its positions that is not before that one. */
  private int index(int position) {
    int found = Arrays.binarySearch(positions, position);
    return found < 0 ? -found - 1 : found;
  }

  private float[] tile(int number) {
    if (number != computed) {
      vectors = tower.vectors(pixels(number));
      computed = number;
    }
    return vectors;
  }

  private byte[] pixels(int number) {
    int image = 0;
    int rest = number;
    while (rest >= counts[image]) {
      rest -= counts[image++];
    }
    return finished(tiles.get(image)).get(rest);
  }

  private static List<byte[]> finished(Future<List<byte[]>> tiles) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return tiles.get();
        } catch (InterruptedException e) {
          interrupted = true;
        } catch (ExecutionException e) {
          throw failure(e);
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static RuntimeException failure(ExecutionException e) {
    return switch (e.getCause()) {
      case FailureException known -> known;
      case OutOfMemoryError full ->
          new FailureException(
              FailureCode.ENGINE_FAILED,
              "image: no memory to decode it (expected: a smaller one, or a larger heap)",
              full);
      case null, default -> new IllegalStateException("an image could not be decoded", e);
    };
  }
}
