/** The part of picomatch that we use; the package has no types of its own. */
export default function picomatch(
  glob: string,
  options?: { dot?: boolean; basename?: boolean },
): (path: string) => boolean;
