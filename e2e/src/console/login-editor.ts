import type { Locator, Page } from 'playwright-core';

/** The editor of the login script. */
export const loginEditor = (page: Page): Locator => page.getByRole('textbox', { name: 'Source of the login script' });

/** Puts a source in the place of what stands in it. */
export const writeLogin = async (page: Page, source: string): Promise<void> => {
  await loginEditor(page).click();
  await page.keyboard.press('ControlOrMeta+a');
  // else Chromium itself styles what takes the place of styled text, and the page's policy forbids it
  await page.keyboard.press('Delete');
  await page.keyboard.insertText(source);
};
