import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { queries } from './api/queries.ts';
import { router } from './router.tsx';
import './styles/index.css';

// After an upgrade an open page asks for scripts that are gone: it is loaded again, though not in a circle.
addEventListener('vite:preloadError', (event) => {
  const last = Number(sessionStorage.getItem('nines.reloadedAt') ?? 0);
  if (Date.now() - last < 10_000) return;
  event.preventDefault();
  sessionStorage.setItem('nines.reloadedAt', String(Date.now()));
  location.reload();
});

const place = document.getElementById('root');
if (place === null) throw new Error('index.html has no #root');

createRoot(place).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  </StrictMode>,
);
