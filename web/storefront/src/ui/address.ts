/** Whether a path can be read. `/products/%ZZ` cannot, nor can `//`, which begins like the name of another server. */
export function isReadable(path: string): boolean {
  try {
    decodeURIComponent(new URL(path, 'http://shop').pathname);
    return true;
  } catch {
    return false;
  }
}
