package io.anyserve.worker.torch.vision;

import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.image.ContentPart;
import io.anyserve.worker.torch.text.ImagePrompts;

/**
 * Shows images as Idefics3 and SmolVLM read them: for each tile its place and as many image tokens
 * as it has vectors, and the whole image behind them.
 *
 * @param vectors of a tile
 */
record TileMarkup(ImageConfig config, int vectors) implements ImagePrompts {

  static final String IMAGE = "<image>";

  private static final String AROUND = "<fake_token_around_image>";
  private static final String WHOLE = "<global-img>";

  @Override
  public String placeholder() {
    return IMAGE;
  }

  @Override
  public String expansion(ContentPart image) {
    TileGrid grid = TileGrid.of(inline(image), config);
    var text = new StringBuilder();
    for (int row = 1; row <= grid.rows(); row++) {
      for (int column = 1; column <= grid.columns(); column++) {
        text.append(AROUND).append("<row_%d_col_%d>".formatted(row, column));
        text.repeat(IMAGE, vectors);
      }
      text.append('\n');
    }
    if (grid.rows() > 0) {
      text.append('\n');
    }
    text.append(AROUND).append(WHOLE).repeat(IMAGE, vectors).append(AROUND);
    return text.toString();
  }

  /** References are resolved before an engine gets a request. */
  static ContentPart.Image inline(ContentPart part) {
    return switch (part) {
      case ContentPart.Image image -> image;
      case ContentPart.StoredImage(var object) ->
          throw new FailureException(
              FailureCode.INVALID_REQUEST, "image: " + object.key() + " (expected: content)");
      case ContentPart.Text _ -> throw new IllegalArgumentException("part: text (expected: image)");
    };
  }
}
