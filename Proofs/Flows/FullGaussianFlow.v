(* The exact flow of a Gaussian target with a full covariance, in its eigenbasis. *)
Require Import Reals Psatz Lia FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From FlowProofs Require Import FiniteSums Averages Differentiation Gaussian SymmetricMatrices MatrixDerivatives
  FullGaussian Eigenbasis ContinuityEquation AffinePaths PosteriorMoments FullCovariance GaussianFlow.
Open Scope R_scope.

Section Flow.
Variable p : path.
Variables (d : nat) (m s : vec) (Q : mat) (t0 : R).               (* S = Q diag(s^2) Q^T *)
Hypothesis columns : forall a b, (a < d)%nat -> (b < d)%nat -> sumn d (fun i => Q i a * Q i b) = kronecker a b.
Hypothesis rows : forall i j, (i < d)%nat -> (j < d)%nat -> sumn d (fun a => Q i a * Q j a) = kronecker i j.
Hypothesis H0 : regular p t0.
Let spread : mat := rotated d Q (fun a => s a * s a).

(* phi_t(x) = alpha m + Q diag(sqrt(V_t/V_0)) Q^T (x - alpha_0 m), V = alpha^2 s^2 + v. *)
Definition full_gaussian_flow (t : R) (x : vec) : vec := fun i =>
  alpha p t * m i + sumn d (fun a => Q i a
    * (sqrt (target_variance p s t a / target_variance p s t0 a) * turned d Q (fun j => x j - alpha p t0 * m j) a)).

Definition full_gaussian_velocity (t : R) (x : vec) : vec :=
  full_velocity p d 1 (fun _ => 1) (fun _ => m) (fun _ => spread) t x.

Lemma full_variance_in_eigenbasis t i j : (i < d)%nat -> (j < d)%nat ->
  full_variance p (fun _ => spread) t 0 i j = rotated d Q (target_variance p s t) i j.
Proof.
  intros Hi Hj. unfold full_variance, spread. rewrite <- (rotated_one d Q rows i j Hi Hj). unfold rotated.
  rewrite <- !sumn_scal, <- sumn_plus. apply sumn_ext. intros a _. unfold target_variance. ring.
Qed.

Lemma spread_nonnegative : nonnegative d spread.
Proof.
  intros x. unfold spread. rewrite rotated_quadratic. apply sumn_nonneg. intros a _.
  apply Rmult_le_pos; apply Rle_0_sqr.
Qed.

(* One component: u = alpha' m + Q diag(h/V) Q^T (x - alpha m), h = alpha alpha' s^2 + v'/2. *)
Lemma full_gaussian_velocity_form t x i : regular p t -> (i < d)%nat ->
  full_gaussian_velocity t x i = alphaDot p t * m i + sumn d (fun a => Q i a
    * ((alpha p t * alphaDot p t * (s a * s a) + halfVarianceDot p t) / target_variance p s t a
       * turned d Q (fun j => x j - alpha p t * m j) a)).
Proof.
  intros Hp Hi.
  assert (V : forall a, 0 < target_variance p s t a) by (intros a; exact (component_variance_pos p (fun _ => s) t Hp 0 a)).
  assert (P := full_density_pos p d 1 (fun _ => 1) (fun _ => m) (fun _ => spread) (fun _ _ => Rle_0_1)
                 (ex_intro _ 0%nat (conj Nat.lt_0_1 Rlt_0_1)) t x).
  unfold full_density in P. simpl in P.
  unfold full_gaussian_velocity, full_velocity, full_denoiser, full_negative_score, average; simpl.
  set (w := full_weight _ _ _ _ _ _ _ 0%nat) in *.
  set (y := fun j => x j - alpha p t * m j).
  assert (G : forall i, (i < d)%nat -> full_component_score p d (fun _ => m) (fun _ => spread) t x 0 i
    = sumn d (fun a => Q i a * (/ target_variance p s t a * turned d Q y a))).
  { intros k Hk. unfold full_component_score, full_gauss_score. fold y. unfold apply_matrix.
    rewrite (sumn_ext d _ (fun j => rotated d Q (fun a => / target_variance p s t a) k j * y j)).
    - unfold rotated, turned.
      rewrite (sumn_ext d _ (fun j => sumn d (fun a => Q k a * (/ target_variance p s t a * (Q j a * y j))))).
      + rewrite sumn_swap. apply sumn_ext. intros a _. now rewrite !sumn_scal.
      + intros j _. rewrite Rmult_comm, <- sumn_scal. apply sumn_ext. intros; ring.
    - intros j Hj. f_equal. rewrite <- eigenbasis_inverse by auto.
      apply matrix_ext; [|easy|easy]. intros a b Ha Hb. now apply full_variance_in_eigenbasis. }
  assert (A : apply_matrix d spread (full_component_score p d (fun _ => m) (fun _ => spread) t x 0) i
    = sumn d (fun a => Q i a * (s a * s a * (/ target_variance p s t a * turned d Q y a)))).
  { unfold apply_matrix. rewrite (sumn_ext d _ (fun j => spread i j
      * sumn d (fun a => Q j a * (/ target_variance p s t a * turned d Q y a)))) by (intros j Hj; now rewrite G).
    unfold spread, rotated.
    rewrite (sumn_ext d _ (fun j => sumn d (fun a => sumn d (fun b =>
       Q i b * (s b * s b) * (Q j b * Q j a) * (/ target_variance p s t a * turned d Q y a))))).
    - rewrite sumn_swap. rewrite (sumn_ext d _ (fun a => sumn d (fun b => kronecker b a
         * (Q i b * (s b * s b) * (/ target_variance p s t a * turned d Q y a))))).
      + rewrite sumn_swap. apply sumn_ext. intros b Hb. rewrite sumn_kronecker by easy. ring.
      + intros a Ha. rewrite sumn_swap. apply sumn_ext. intros b Hb. rewrite <- (columns b a Hb Ha).
        rewrite (Rmult_comm (sumn d _)), <- sumn_scal. apply sumn_ext. intros; ring.
    - intros j _. rewrite <- sumn_scal. apply sumn_ext. intros a _. rewrite Rmult_comm, <- sumn_scal.
      apply sumn_ext. intros; ring. }
  unfold full_component_denoiser. rewrite A, G by easy. fold y.
  transitivity (alphaDot p t * m i
    + (alphaDot p t * alpha p t * sumn d (fun a => Q i a * (s a * s a * (/ target_variance p s t a * turned d Q y a)))
       + halfVarianceDot p t * sumn d (fun a => Q i a * (/ target_variance p s t a * turned d Q y a)))).
  - field. lra.
  - f_equal. rewrite <- !sumn_scal, <- sumn_plus. apply sumn_ext. intros a _. unfold Rdiv. ring.
Qed.

(* phi_t0(x) = x and d/dt phi_t(x) = u_t(phi_t(x)), for any symmetric positive semidefinite covariance. *)
Theorem full_gaussian_flow_solves t x i : regular p t -> (i < d)%nat ->
  full_gaussian_flow t0 x i = x i /\
  is_derive (fun r => full_gaussian_flow r x i) t (full_gaussian_velocity t (full_gaussian_flow t x) i).
Proof.
  intros Hp Hi.
  assert (V0 : forall a, 0 < target_variance p s t0 a) by (intros a; exact (component_variance_pos p (fun _ => s) t0 H0 0 a)).
  assert (V : forall a, 0 < target_variance p s t a) by (intros a; exact (component_variance_pos p (fun _ => s) t Hp 0 a)).
  set (y := turned d Q (fun j => x j - alpha p t0 * m j)).
  split.
  - unfold full_gaussian_flow. fold y.
    rewrite (sumn_ext d _ (fun a => Q i a * y a)).
    + unfold y. rewrite (turned_back d Q rows _ i Hi). ring.
    + intros a _. assert (W := V0 a). replace (target_variance p s t0 a / target_variance p s t0 a) with 1 by (field; lra).
      rewrite sqrt_1. ring.
  - rewrite full_gaussian_velocity_form by easy. unfold full_gaussian_flow. fold y.
    set (h := fun a => alpha p t * alphaDot p t * (s a * s a) + halfVarianceDot p t).
    set (f := fun r a => sqrt (target_variance p s r a / target_variance p s t0 a)).
    assert (T : forall a, (a < d)%nat -> turned d Q (fun j => alpha p t * m j + sumn d (fun a => Q j a * (f t a * y a)) - alpha p t * m j) a
      = f t a * y a).
    { intros a Ha. unfold turned.
      rewrite (sumn_ext d _ (fun j => sumn d (fun b => Q j a * Q j b * (f t b * y b)))).
      - rewrite sumn_swap, (sumn_ext d _ (fun b => kronecker a b * (f t b * y b))).
        + now apply sumn_kronecker.
        + intros b Hb. rewrite <- (columns a b Ha Hb), (Rmult_comm (sumn d _)), <- sumn_scal. apply sumn_ext. intros; ring.
      - intros j _. replace (alpha p t * m j + sumn d (fun b => Q j b * (f t b * y b)) - alpha p t * m j)
          with (sumn d (fun b => Q j b * (f t b * y b))) by ring.
        rewrite <- sumn_scal. apply sumn_ext. intros; ring. }
    eapply is_derive_eq.
    + apply is_derive_sum; [exact (is_derive_times (alpha p) t (alphaDot p t) _ (proj1 (proj2 Hp)))|].
      apply (is_derive_sumn d (fun a r => Q i a * (f r a * y a))
        (fun a => Q i a * (h a / target_variance p s t0 a / f t a * y a))).
      intros a _. apply is_derive_factor, is_derive_times.
      apply (is_derive_root (fun r => target_variance p s r a / target_variance p s t0 a)).
      * assert (DV := component_variance_derive p (fun _ => s) t Hp 0 a).
        eapply is_derive_eq; [apply (is_derive_times (fun r => target_variance p s r a)); exact DV|].
        unfold h. assert (W := V0 a). field. lra.
      * now apply Rdiv_lt_0_compat.
    + f_equal. apply sumn_ext. intros a Ha.
      match goal with |- context [turned d Q ?z a] => replace (turned d Q z a) with (f t a * y a) by exact (eq_sym (T a Ha)) end.
      fold (h a).
      assert (W := V a). assert (W0 := V0 a). assert (Q1 := Rdiv_lt_0_compat _ _ W W0).
      assert (QQ := sqrt_sqrt _ (Rlt_le _ _ Q1)). assert (Q0 := sqrt_lt_R0 _ Q1).
      change (sqrt (target_variance p s t a / target_variance p s t0 a)) with (f t a) in *.
      set (F := f t a) in *.
      replace (target_variance p s t a) with (F * F * target_variance p s t0 a) by (rewrite QQ; field; lra).
      field. lra.
Qed.
End Flow.
